package io.parley.localstack.fleet;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;

/** Prints a variable and answers every request with a status. */
public final class EchoService {
  private EchoService() {}

  public static void main(String[] arguments) throws IOException {
    Map<String, String> variables = System.getenv();
    System.out.println(variables.get(variables.getOrDefault("PRINT", "GREETING")));
    if (variables.containsKey("EXIT")) {
      System.exit(Integer.parseInt(variables.get("EXIT")));
    }
    int status = Integer.parseInt(variables.getOrDefault("STATUS", "200"));
    int port = Integer.parseInt(variables.get("SERVER_PORT"));
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
    server.start();
  }
}

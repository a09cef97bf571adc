package io.parley.localstack.fleet;

import io.parley.localstack.process.LocalStackException;
import io.parley.localstack.store.StoreAddresses;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;

/** The services' databases in PostgreSQL: they make their tables, but not the databases. */
public final class ServiceDatabases {
  private ServiceDatabases() {}

  /** Those that are not there yet. */
  public static void create(StoreAddresses addresses) {
    try (Connection connection =
            DriverManager.getConnection(
                addresses.postgresUrl() + "/postgres",
                addresses.postgresUser(),
                addresses.postgresPassword());
        Statement statement = connection.createStatement()) {
      for (String service : List.of("USER", "GROUP", "NOTIFICATION")) {
        String database =
            System.getenv()
                .getOrDefault(
                    "PARLEY_" + service + "_DATABASE",
                    "parley_" + service.toLowerCase(Locale.ROOT));
        String quoted = statement.enquoteLiteral(database);
        try (ResultSet found =
            statement.executeQuery("SELECT FROM pg_database WHERE datname = " + quoted)) {
          if (found.next()) {
            continue;
          }
        }
        statement.execute("CREATE DATABASE " + statement.enquoteIdentifier(database, false));
      }
    } catch (SQLException e) {
      throw new LocalStackException(
          "the databases cannot be created in " + addresses.postgresUrl() + ": " + e.getMessage(),
          e);
    }
  }
}

package io.parley.notification.webpush;

import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** {@code vapid_keys}: one row at most, read once by each process and never changed. */
@Repository
class VapidKeyStore {

  private final JdbcClient jdbc;

  VapidKeyStore(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  Optional<Row> find() {
    return jdbc.sql("SELECT public_key, sealed_private_key FROM vapid_keys")
        .query((row, number) -> new Row(row.getString(1), row.getString(2)))
        .optional();
  }

  /** Does nothing when another node was faster. */
  void add(Row row) {
    jdbc.sql(
            "INSERT INTO vapid_keys (id, public_key, sealed_private_key, created_at)"
                + " VALUES (1, ?, ?, now()) ON CONFLICT (id) DO NOTHING")
        .params(row.publicKey(), row.sealedPrivateKey())
        .update();
  }

  /**
   * @param publicKey a point, base64url
   * @param sealedPrivateKey PKCS #8
   */
  record Row(String publicKey, String sealedPrivateKey) {}
}

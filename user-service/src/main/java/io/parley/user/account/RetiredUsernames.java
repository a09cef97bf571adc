package io.parley.user.account;

import io.parley.common.access.AccessProperties;
import io.parley.common.access.ServiceTokens;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * {@code retired_usernames}: names of accounts that were erased. Nobody gets one again, so that
 * nobody can pass for who had it, nor one that looks the same; kept as keyed hashes, so that the
 * table says no names.
 */
@Repository
class RetiredUsernames {

  private static final String PURPOSE = "retired-usernames";

  private final JdbcClient database;
  private final SecretKeySpec key;

  RetiredUsernames(JdbcClient database, AccessProperties access) {
    this.database = database;
    this.key = new SecretKeySpec(ServiceTokens.derive(access.secret(), PURPOSE), "HmacSHA256");
  }

  void add(String username) {
    database
        .sql("INSERT INTO retired_usernames (hash) VALUES (?), (?) ON CONFLICT DO NOTHING")
        .params(hash(username), hash(looks(username)))
        .update();
  }

  /** No username has a colon. */
  private static String looks(String username) {
    return "skeleton:" + Keys.skeleton(username);
  }

  boolean contains(String username) {
    return database
        .sql("SELECT EXISTS (SELECT FROM retired_usernames WHERE hash IN (?, ?))")
        .params(hash(username), hash(looks(username)))
        .query(Boolean.class)
        .single();
  }

  private String hash(String username) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(mac.doFinal(username.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}

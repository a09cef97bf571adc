package org.apache.cassandra.security;

import java.security.Permission;
import java.security.PermissionCollection;
import java.util.Collections;
import java.util.Enumeration;

/**
 * Stands before Cassandra's class of the same name on the class path. The node installs a security manager on every
 * start, and JDK 24 and later refuse that. What it guarded, user-defined functions, is off by default.
 */
public final class ThreadAwareSecurityManager {
  /** Grants nothing and takes no grant. */
  public static final PermissionCollection noPermissions =
      new PermissionCollection() {
        @Override
        public void add(Permission permission) {
          throw new UnsupportedOperationException();
        }

        @Override
        public boolean implies(Permission permission) {
          return false;
        }

        @Override
        public Enumeration<Permission> elements() {
          return Collections.emptyEnumeration();
        }
      };

  private ThreadAwareSecurityManager() {}

  public static void install() {}

  public static boolean isSecuredThread() {
    return false;
  }
}

/** TLS at the edge, when there is a certificate. */
@NullMarked
package io.parley.gateway.tls;

import org.jspecify.annotations.NullMarked;

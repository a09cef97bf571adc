/** For tests that keep documentation true: pages made from code, and what a service exposes. */
@NullMarked
package io.parley.localstack.docs;

import org.jspecify.annotations.NullMarked;

/** What every log line may say about the request it was written for. */
@NullMarked
package io.parley.common.logs;

import org.jspecify.annotations.NullMarked;

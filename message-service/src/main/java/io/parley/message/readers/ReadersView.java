package io.parley.message.readers;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * @param receipts off: the caller has switched read receipts off, and sees none
 * @param items the other members who let it be seen, by their ids
 */
record ReadersView(long seq, Receipts receipts, List<ReaderView> items) {

  /** Whether the caller takes part. */
  enum Receipts {
    @JsonProperty("on")
    ON,
    @JsonProperty("off")
    OFF
  }
}

package io.parley.systemtests.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TableTest {

  @Test
  void columnsShouldStandBelowEachOther() {
    Table table = new Table();
    table.row("", "before", "aim");
    table.row("ack, p99 ms", "7.5", "");

    assertThat(table)
        .hasToString(
            """
            |             | before | aim |
            | ----------- | ------:| ---:|
            | ack, p99 ms |    7.5 |     |
            """);
  }
}

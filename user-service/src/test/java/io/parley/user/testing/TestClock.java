package io.parley.user.testing;

import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;

/** Takes the place of the system's clock. */
@TestConfiguration(proxyBeanMethods = false)
class TestClock {

  @Bean
  OffsetClock clock() {
    return new OffsetClock();
  }
}

package io.parley.common.schema;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says what is wrong instead of a page of stack trace, when it ends the start of a service. */
class SchemaFailureAnalyzer extends AbstractFailureAnalyzer<SchemaRefused> {

  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, SchemaRefused cause) {
    return new FailureAnalysis(
        String.valueOf(cause.getMessage()), "See docs/operate/upgrade.md.", cause);
  }
}

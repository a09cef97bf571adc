package io.parley.gateway;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.parley.common.access.ServiceTokens;
import java.time.Instant;
import org.reactivestreams.Publisher;
import org.springframework.beans.factory.annotation.Autowired;

@AnalyzeClasses(
    packages = "io.parley.gateway",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule features =
      slices()
          .matching("io.parley.gateway.(*)..")
          .should()
          .beFreeOfCycles()
          .because("what two features need belongs to edge or services");

  @ArchTest
  static final ArchRule relayKnowsNoFrames =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.netty.handler.codec.http.websocketx..")
          .because("the relay passes bytes; taking frames apart costs twice the CPU");

  @ArchTest
  static final ArchRule noServiceSecrets =
      noClasses()
          .that()
          .doNotHaveSimpleName("AccessConfiguration")
          .should()
          .dependOnClassesThat()
          .areAssignableTo(ServiceTokens.class)
          .because("the edge speaks as a service only to ask whose a personal token is");

  @ArchTest
  static final ArchRule names =
      noClasses()
          .should()
          .haveNameMatching(".*(Util|Utils|Helper|Manager|Impl)")
          .because("a class is named for what it is: the plural noun, the filter, the handler");

  @ArchTest
  static final ArchRule constructors =
      fields()
          .should()
          .notBeAnnotatedWith(Autowired.class)
          .because("a constructor says what a class needs");

  @ArchTest
  static final ArchRule clocks =
      noClasses()
          .should()
          .callMethod(Instant.class, "now")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .because("a Clock is injected, which a test can set");

  @ArchTest
  static final ArchRule nothingBlocks =
      noClasses()
          .should()
          .callMethodWhere(
              target(nameMatching("block.*")).and(target(owner(assignableTo(Publisher.class)))))
          .because("an event loop serves thousands of sockets: chain on the Mono instead");
}

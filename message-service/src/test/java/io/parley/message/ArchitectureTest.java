package io.parley.message;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.web.bind.annotation.RestController;

/** The house's structure, checked. */
@AnalyzeClasses(
    packages = "io.parley.message",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule noCycles =
      slices()
          .matching("io.parley.message.(*)..")
          .should()
          .beFreeOfCycles()
          .because("a feature that needs another back should be told by an event or a listener");

  @ArchTest
  static final ArchRule cassandraInItsPlace =
      noClasses()
          .that()
          .haveSimpleNameNotStartingWith("Cassandra")
          .and()
          .areTopLevelClasses()
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.datastax..")
          .because("a Cassandra… class holds the statements; others call it");

  @ArchTest
  static final ArchRule redisInItsPlace =
      noClasses()
          .that()
          .haveSimpleNameNotStartingWith("Redis")
          .and()
          .areTopLevelClasses()
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.lettuce..")
          .because("a Redis… class holds the keys and scripts; others call it");

  @ArchTest
  static final ArchRule controllersStayInside =
      classes()
          .that()
          .areAnnotatedWith(RestController.class)
          .should()
          .bePackagePrivate()
          .because("an edge is called by Spring only; put what others need into the feature class");

  @ArchTest
  static final ArchRule names =
      noClasses()
          .should()
          .haveNameMatching(".*(Util|Utils|Helper|Manager|Impl|Dto)")
          .because("such a name says nothing: name the thing, or move the method to its data");

  @ArchTest
  static final ArchRule noFieldInjection =
      noFields()
          .should()
          .beAnnotatedWith(Autowired.class)
          .because("a constructor shows what a class needs");

  @ArchTest
  static final ArchRule clockIsInjected =
      noClasses()
          .should()
          .callMethod(Instant.class, "now")
          .orShould()
          .callMethod(Clock.class, "systemUTC")
          .because("a test must be able to set the time: take a Clock");
}

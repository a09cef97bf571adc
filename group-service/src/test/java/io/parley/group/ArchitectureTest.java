package io.parley.group;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Instant;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.data.repository.Repository;
import org.springframework.web.bind.annotation.RestController;

@AnalyzeClasses(packages = "io.parley.group", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule featuresHaveNoCycles =
      slices()
          .matching("io.parley.group.(*)..")
          .should()
          .beFreeOfCycles()
          .because("features build on roster, rules and people; these know no feature");

  @ArchTest
  static final ArchRule onlyTheOutboxPublishes =
      noClasses()
          .that()
          .resideOutsideOfPackages("..outbox..", "..broker..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.springframework.amqp.rabbit.core..", "com.rabbitmq..")
          .because("an event published beside the transaction can be lost: call Outbox.append");

  @ArchTest
  static final ArchRule edgesStayInside =
      classes()
          .that()
          .areAnnotatedWith(RestController.class)
          .should()
          .bePackagePrivate()
          .andShould()
          .haveSimpleNameEndingWith("Controller")
          .because("nobody but Spring calls an edge; call the feature's class (Groups)");

  @ArchTest
  static final ArchRule edgesUseNoStore =
      noClasses()
          .that()
          .areAnnotatedWith(RestController.class)
          .should()
          .dependOnClassesThat()
          .areAssignableTo(Repository.class)
          .because("rules live in the feature's class; a controller calls that, never a store");

  @ArchTest
  static final ArchRule storesStayInside =
      classes()
          .that()
          .areAssignableTo(Repository.class)
          .should()
          .bePackagePrivate()
          .andShould()
          .haveSimpleNameEndingWith("Store")
          .because("a table belongs to one feature; others ask its feature class");

  @ArchTest
  static final ArchRule namesSayWhat =
      noClasses()
          .should()
          .haveNameMatching(".*(Util|Utils|Helper|Manager|Impl|Dto)")
          .because("name the thing: the plural noun for logic, *View for what goes out");

  @ArchTest
  static final ArchRule constructorsTakeAll =
      noFields()
          .should()
          .beAnnotatedWith(Autowired.class)
          .because("a constructor parameter can not be forgotten and can be final");

  @ArchTest
  static final ArchRule timeIsInjected =
      noClasses()
          .should()
          .callMethod(Instant.class, "now")
          .because("tests put the clock forward: inject java.time.Clock");

  @ArchTest
  static final ArchRule jacksonIsThree =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("com.fasterxml.jackson.databind..", "com.google.gson..")
          .because("JSON is tools.jackson's JsonMapper, set up once in common");
}

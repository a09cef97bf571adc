package io.parley.localstack;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.parley.localstack", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule testsNeedNoServers =
      noClasses()
          .that()
          .resideInAPackage("io.parley.localstack")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.testcontainers..", "org.apache.commons..", "tools.jackson..")
          .because(
              "other modules' tests get Stores without the optional dependencies: what needs those"
                  + " runs in the supervisor");

  @ArchTest
  static final ArchRule processesKnowNoStores =
      noClasses()
          .that()
          .resideInAPackage("..process..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..store..", "..fleet..", "io.parley.localstack")
          .because("they start anything: what is started is said in a ProcessSpec");

  @ArchTest
  static final ArchRule storesKnowNoServices =
      noClasses()
          .that()
          .resideInAPackage("..store..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..fleet..", "io.parley.localstack")
          .because("tests of one service need the stores alone");
}

package io.parley.notification;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.web.bind.annotation.RestController;

@AnalyzeClasses(
    packages = "io.parley.notification",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule features_have_no_cycles =
      slices()
          .matching("io.parley.notification.(*)..")
          .should()
          .beFreeOfCycles()
          .because("a feature that needs another gets a record or an event, not a cycle");

  @ArchTest
  static final ArchRule decision_uses_push_uses_device =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("decision")
          .definedBy("..notification.decision..")
          .layer("digest")
          .definedBy("..notification.digest..")
          .layer("privacy")
          .definedBy("..notification.privacy..")
          .layer("push")
          .definedBy("..notification.push..")
          .layer("webpush")
          .definedBy("..notification.webpush..")
          .layer("device")
          .definedBy("..notification.device..")
          .whereLayer("decision")
          .mayOnlyBeAccessedByLayers("digest", "privacy")
          .whereLayer("digest")
          .mayOnlyBeAccessedByLayers("privacy")
          .whereLayer("privacy")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("push")
          .mayOnlyBeAccessedByLayers("decision", "privacy", "webpush")
          .whereLayer("webpush")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("device")
          .mayOnlyBeAccessedByLayers("decision", "push", "webpush", "privacy")
          .because("another source of notices goes beside decision, through Pushes");

  @ArchTest
  static final ArchRule only_fcm_sees_firebase =
      noClasses()
          .that()
          .haveNameNotMatching(".*\\.Fcm[^.]*")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("com.google.firebase..", "com.google.auth..", "com.google.api..")
          .because("everything else speaks PushSender, which another provider can implement");

  @ArchTest
  static final ArchRule only_web_push_sees_its_libraries =
      noClasses()
          .that()
          .resideOutsideOfPackage("..notification.webpush..")
          .and()
          .haveNameNotMatching(".*\\.(WebPushSubscription|FcmApp)(\\$.*)?")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("com.zerodeplibs..", "org.apache.hc..")
          .because("everything else speaks PushSender");

  @ArchTest
  static final ArchRule only_edges_see_rabbitmq =
      noClasses()
          .that()
          .resideOutsideOfPackage("..notification.queue..")
          .and()
          .haveNameNotMatching(".*(Listener|Queues|Properties|MailHealth)")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.springframework.amqp..", "com.rabbitmq..")
          .because("what may be acknowledged when is decided in the listeners only");

  @ArchTest
  static final ArchRule only_smtp_sees_mail =
      noClasses()
          .that()
          .haveNameNotMatching(".*\\.(Smtp|Imap|Dsn)[^.]*")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("jakarta.mail..", "org.eclipse.angus..", "org.springframework.mail..")
          .because("everything else speaks MailSender, which another way to send can implement");

  @ArchTest
  static final ArchRule stores_are_behind_their_feature =
      noClasses()
          .that()
          .haveSimpleNameEndingWith("Controller")
          .or()
          .haveSimpleNameEndingWith("Listener")
          .should()
          .dependOnClassesThat()
          .haveSimpleNameEndingWith("Store")
          .orShould()
          .dependOnClassesThat(resideInAPackage("org.springframework.jdbc.."))
          .because("an edge asks its feature class (Devices, Notifications)");

  @ArchTest
  static final ArchRule controllers_are_package_private =
      classes()
          .that()
          .areAnnotatedWith(RestController.class)
          .should()
          .bePackagePrivate()
          .because("only HTTP calls them; code calls the feature class");

  @ArchTest
  static final ArchRule names_say_what_a_class_is =
      noClasses()
          .should()
          .haveNameMatching(".*(Util|Utils|Helper|Manager|Impl|Dto|Entity)")
          .because("logic is named by the plural noun, a record by what it is");

  @ArchTest
  static final ArchRule no_field_injection =
      noFields()
          .should()
          .beAnnotatedWith(Autowired.class)
          .because("a constructor shows what a class needs, also to a test");

  @ArchTest
  static final ArchRule fields_are_private =
      fields()
          .that()
          .areNotStatic()
          .and()
          .areDeclaredInClassesThat()
          .areNotEnums()
          .should()
          .bePrivate()
          .because("state is reached through methods");

  @ArchTest
  static final ArchRule time_comes_from_the_clock =
      noClasses()
          .should()
          .callMethod(Instant.class, "now")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(Clock.class, "systemUTC")
          .because("a test must be able to set the time: inject Clock");
}

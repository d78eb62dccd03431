package dev.meseta.manager;

import static com.tngtech.archunit.core.domain.properties.CanBeAnnotated.Predicates.annotatedWith;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.meseta.manager.identity.OpenToAnyone;
import dev.meseta.manager.identity.RequiresPermission;
import dev.meseta.manager.identity.RequiresStepUp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;

/** The seams of the architecture: who may import what. */
@Tag("unit")
class SeamTest {

    private static final String ROOT = "dev.meseta.manager";
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);

    @Test
    void only_agents_internal_knows_the_generated_stubs() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".agents.internal..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.meseta.proto..", "io.grpc..")
                .check(CLASSES);
    }

    @Test
    void only_membership_knows_hazelcast() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".membership.internal..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.hazelcast..")
                .check(CLASSES);
    }

    @Test
    void only_telemetry_knows_opentelemetry() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".telemetry.internal..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.opentelemetry..")
                .check(CLASSES);
    }

    @Test
    void only_web_packages_know_spring_web() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT + "..web..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.springframework.web..", "org.springframework.http..", "jakarta.servlet..")
                .check(CLASSES);
    }

    @Test
    void only_internals_know_the_database() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT + "..internal..", ROOT + ".database..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.sql..",
                        "javax.sql..",
                        "jakarta.persistence..",
                        "org.hibernate..",
                        "org.springframework.jdbc..",
                        "org.springframework.data..",
                        "org.postgresql..")
                .check(CLASSES);
    }

    @Test
    void scheduling_is_pure() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".scheduling..")
                .and()
                .doNotHaveSimpleName("package-info")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.springframework..", "java.sql..", "java.time..")
                .check(CLASSES);
    }

    @Test
    void nobody_asks_the_machine_what_time_it_is() {
        noClasses()
                .should()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(LocalDate.class, "now")
                .orShould()
                .callMethod(LocalDateTime.class, "now")
                .orShould()
                .callMethod(OffsetDateTime.class, "now")
                .orShould()
                .callMethod(ZonedDateTime.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(Clock.class)
                .check(CLASSES);
    }

    @Test
    void nobody_sleeps() {
        noClasses()
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(Thread.class, "sleep", Duration.class)
                .check(CLASSES);
    }

    @Test
    void every_operation_says_who_may_use_it() {
        methods()
                .that()
                .areAnnotatedWith(GetMapping.class)
                .or()
                .areAnnotatedWith(PostMapping.class)
                .or()
                .areAnnotatedWith(PutMapping.class)
                .or()
                .areAnnotatedWith(PatchMapping.class)
                .or()
                .areAnnotatedWith(DeleteMapping.class)
                .or()
                .areAnnotatedWith(RequestMapping.class)
                .should()
                .beAnnotatedWith(RequiresPermission.class)
                .orShould()
                .beAnnotatedWith(OpenToAnyone.class)
                .check(CLASSES);
    }

    @Test
    void changes_of_who_may_do_what_need_a_factor_shown_lately() {
        methods()
                .that()
                .areDeclaredInClassesThat()
                .resideInAPackage(ROOT + ".identity.web..")
                .and()
                .areDeclaredInClassesThat()
                .doNotHaveSimpleName("TokenController")
                .and(are(annotatedWith(PostMapping.class)
                        .or(annotatedWith(PutMapping.class))
                        .or(annotatedWith(PatchMapping.class))
                        .or(annotatedWith(DeleteMapping.class))))
                .should()
                .beAnnotatedWith(RequiresStepUp.class)
                .check(CLASSES);
    }

    @Test
    void modules_do_not_depend_on_each_other_in_circles() {
        slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
    }
}

package dev.meseta.agent;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The seams of the agent. */
@Tag("unit")
class AgentArchitectureTest {

    private static final JavaClasses AGENT = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.meseta.agent");

    private static void holds(ArchRule rule) {
        rule.check(AGENT);
    }

    @Test
    void onlyTheWireKnowsTheMessages() {
        holds(noClasses()
                .that()
                .resideOutsideOfPackage("dev.meseta.agent.grpc..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.meseta.proto.."));
    }

    @Test
    void onlyTracingKnowsOpenTelemetry() {
        holds(noClasses()
                .that()
                .resideOutsideOfPackage("dev.meseta.agent.tracing..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.opentelemetry.."));
    }

    @Test
    void nothingBelowDependsOnTheWire() {
        holds(noClasses()
                .that()
                .resideOutsideOfPackages("dev.meseta.agent.grpc..", "dev.meseta.agent.fleet..", "dev.meseta.agent")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.meseta.agent.grpc.."));
    }

    @Test
    void theHypervisorSeamKnowsNothingOfTheAgent() {
        holds(noClasses()
                .that()
                .resideInAPackage("dev.meseta.agent.hypervisor..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.meseta.agent.grpc..",
                        "dev.meseta.agent.operations..",
                        "dev.meseta.agent.domain..",
                        "dev.meseta.agent.migration..",
                        "dev.meseta.agent.storage..",
                        "dev.meseta.agent.network..",
                        "dev.meseta.agent.flows..",
                        "dev.meseta.agent.watch.."));
    }

    @Test
    void driversAreLeavesThatOnlyTheCommandLineChooses() {
        holds(noClasses()
                .that()
                .resideOutsideOfPackages("dev.meseta.agent.hypervisor.libvirt..", "dev.meseta.agent")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.meseta.agent.hypervisor.libvirt.."));
        holds(noClasses()
                .that()
                .resideInAPackage("dev.meseta.agent.hypervisor.simulated..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.meseta.agent.hypervisor.libvirt.."));
    }

    @Test
    void nobodyAsksTheSystemForTheTime() {
        holds(noClasses().should().callMethod(Instant.class, "now"));
        holds(noClasses().should().callMethod(System.class, "currentTimeMillis"));
        holds(noClasses().should().callMethod(Thread.class, "sleep", long.class));
    }
}

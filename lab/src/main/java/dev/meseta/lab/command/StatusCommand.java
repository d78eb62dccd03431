package dev.meseta.lab.command;

import dev.meseta.lab.client.MesetaClient;
import dev.meseta.lab.fleet.FleetClient;
import dev.meseta.lab.fleet.FleetProcess;
import dev.meseta.lab.host.HostProcess;
import dev.meseta.lab.host.Lab;
import dev.meseta.lab.host.LabHost;
import dev.meseta.lab.stack.ManagerProcess;
import dev.meseta.lab.stack.Stack;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Says what runs. */
@Command(name = "status", description = "What runs, where, since when.", mixinStandardHelpOptions = true)
public final class StatusCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @SuppressWarnings("NullAway.Init")
    public StatusCommand() {}

    /** Exit code 0 when a manager answers, 1 otherwise. */
    @Override
    public Integer call() {
        Stack stack = Surroundings.ofEnvironment().stack();
        PrintWriter out = spec.commandLine().getOut();
        out.printf(Locale.ROOT, "%-24s %-10s %9s  %-21s %s%n", "NAME", "STATE", "PID", "SINCE", "WHERE");
        boolean answers = false;
        for (ManagerProcess manager : stack.managers()) {
            answers |= manager(out, manager);
        }
        Optional<ProcessHandle> database = stack.postgres().running();
        line(out, "database", database.isEmpty() ? "-" : "up", database, database.isEmpty() ? "" : "embedded");
        if (stack.keycloak().isWanted()) {
            Optional<ProcessHandle> keycloak = stack.keycloak().running();
            boolean reached = keycloak.isPresent() && stack.keycloak().answers();
            String state = keycloak.isEmpty() ? "stopped" : reached ? "up" : "starting";
            line(out, "keycloak", state, keycloak, reached ? stack.keycloak().url() : "");
        }
        stack.existingLab().map(Lab::hosts).orElse(List.of()).forEach(host -> host(out, host));
        simulated(out, stack.fleet());
        out.flush();
        return answers ? 0 : 1;
    }

    /** Whether it answers. */
    private static boolean manager(PrintWriter out, ManagerProcess manager) {
        boolean answers = manager.answers();
        Optional<ProcessHandle> process = manager.running();
        String what = answers ? manager.url() + watching(manager) : "";
        String state = process.isEmpty() ? "stopped" : manager.isPaused() ? "paused" : answers ? "up" : "starting";
        line(out, manager.name(), state, process, what);
        return answers;
    }

    /** As the manager itself says. */
    private static String watching(ManagerProcess manager) {
        try (MesetaClient client = manager.client()) {
            return client.get("/managers?q=state:LIVING")
                    .required("items")
                    .valueStream()
                    .filter(item -> item.required("answering").booleanValue())
                    .findFirst()
                    .map(item -> "  watches %d hosts, term %d"
                            .formatted(
                                    item.required("hostsWatched").intValue(),
                                    item.required("term").longValue()))
                    .orElse("");
        } catch (UncheckedIOException | IllegalStateException notNow) {
            return "";
        }
    }

    private static void simulated(PrintWriter out, FleetProcess fleet) {
        if (fleet.hosts() == 0) {
            return;
        }
        Optional<ProcessHandle> process = fleet.running();
        if (process.isEmpty()) {
            line(out, "simulated hosts", "stopped", process, "");
            return;
        }
        try (FleetClient client = fleet.connect()) {
            FleetClient.Status status = client.status();
            line(
                    out,
                    "simulated hosts",
                    "up",
                    process,
                    "%d hosts, %d agents, %d guests".formatted(status.hosts(), status.agents(), status.guests()));
        } catch (UncheckedIOException notYet) {
            line(out, "simulated hosts", "starting", process, "");
        }
    }

    private static void host(PrintWriter out, LabHost host) {
        boolean up = host.isUp();
        List<HostProcess> processes = up ? host.processes() : List.of();
        line(out, host.name(), up ? "up" : "off", handle(processes.stream().findFirst()), up ? host.address() : "");
        if (!up) {
            return;
        }
        Optional<ProcessHandle> libvirtd =
                handle(host.processes("libvirtd").stream().findFirst());
        line(out, "  libvirtd", libvirtd.isPresent() ? "up" : "stopped", libvirtd, "");
        Optional<ProcessHandle> agent = handle(host.agentProcess());
        line(out, "  agent", agent.isPresent() ? "up" : "stopped", agent, agent.isPresent() ? host.agentAddress() : "");
        for (HostProcess guest : host.qemuProcesses()) {
            line(out, "  " + host.guestName(guest), "up", handle(Optional.of(guest)), "guest");
        }
    }

    private static Optional<ProcessHandle> handle(Optional<HostProcess> process) {
        return process.flatMap(known -> ProcessHandle.of(known.pid()));
    }

    private static void line(
            PrintWriter out, String name, String state, Optional<ProcessHandle> process, String where) {
        out.printf(
                Locale.ROOT,
                "%-24s %-10s %9s  %-21s %s%n",
                name,
                state,
                process.map(known -> Long.toString(known.pid())).orElse("-"),
                process.flatMap(known -> known.info().startInstant())
                        .map(Instant::toString)
                        .orElse("-"),
                where);
    }
}

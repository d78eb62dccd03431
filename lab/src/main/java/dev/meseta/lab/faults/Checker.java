package dev.meseta.lab.faults;

import dev.meseta.lab.faults.Evidence.Guest;
import dev.meseta.lab.faults.Evidence.Owned;
import dev.meseta.lab.faults.Evidence.Request;
import dev.meseta.lab.faults.Evidence.Reservation;
import dev.meseta.lab.faults.Evidence.Run;
import dev.meseta.lab.faults.Evidence.Task;
import dev.meseta.lab.faults.Evidence.Vm;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** Says which properties the evidence contradicts. Knows nothing but the evidence. */
final class Checker {

    private static final String DOWN = "DOWN";

    private final Evidence evidence;
    private final Map<UUID, Vm> vms;
    private final Map<UUID, List<Guest>> guests;
    private final List<Violation> violations = new ArrayList<>();

    private Checker(Evidence evidence) {
        this.evidence = evidence;
        this.vms = evidence.vms().stream().collect(Collectors.toMap(Vm::id, vm -> vm));
        this.guests = evidence.guests().stream().collect(Collectors.groupingBy(Guest::vmId));
    }

    static List<Violation> check(Evidence evidence) {
        Checker checker = new Checker(evidence);
        checker.neverTwice();
        checker.oneTaskPerRequest();
        checker.resetOnce();
        checker.noRequestLost();
        checker.everyTaskEnds();
        checker.observedIsReal();
        checker.wantedIsReal();
        checker.noOrphan();
        return List.copyOf(checker.violations);
    }

    private void neverTwice() {
        Map<UUID, List<Run>> byVm = evidence.runs().stream().collect(Collectors.groupingBy(Run::vmId));
        byVm.forEach((vmId, runs) -> {
            List<Run> ordered = runs.stream()
                    .sorted(Comparator.comparingLong(Run::beginNanos).thenComparingLong(Run::endNanos))
                    .toList();
            Run longest = ordered.getFirst();
            for (Run run : ordered.subList(1, ordered.size())) {
                if (run.beginNanos() < longest.endNanos()) {
                    broken(
                            Property.NEVER_TWICE,
                            "VM %s was on %s and on %s at once for %.1f ms"
                                    .formatted(
                                            vmId,
                                            longest.host(),
                                            run.host(),
                                            (Math.min(run.endNanos(), longest.endNanos()) - run.beginNanos()) / 1e6));
                }
                longest = run.endNanos() > longest.endNanos() ? run : longest;
            }
        });
    }

    private void oneTaskPerRequest() {
        Map<String, List<Task>> byKey = evidence.tasks().stream().collect(Collectors.groupingBy(Task::correlationId));
        for (Request request : evidence.requests()) {
            List<Task> done = byKey.getOrDefault(request.key(), List.of());
            if (done.size() > 1) {
                broken(
                        Property.ONE_TASK_PER_REQUEST,
                        "%s became %d tasks: %s"
                                .formatted(
                                        describe(request),
                                        done.size(),
                                        done.stream().map(Task::id).toList()));
            }
            if (!request.accepted() && request.status() != 0 && !done.isEmpty()) {
                broken(
                        Property.ONE_TASK_PER_REQUEST,
                        "%s was refused with %d %s although it is task %s"
                                .formatted(
                                        describe(request),
                                        request.status(),
                                        request.code(),
                                        done.getFirst().id()));
            }
        }
    }

    private void resetOnce() {
        Map<UUID, Long> reboots = evidence.tasks().stream()
                .filter(task -> task.kind().equals(Verb.REBOOT.taskKind()))
                .collect(Collectors.groupingBy(Task::targetId, Collectors.counting()));
        evidence.resets().stream()
                .collect(Collectors.groupingBy(Evidence.Reset::vmId, Collectors.counting()))
                .forEach((vmId, resets) -> {
                    if (resets > reboots.getOrDefault(vmId, 0L)) {
                        broken(
                                Property.RESET_ONCE,
                                "VM %s was reset %d times for %d reboots"
                                        .formatted(vmId, resets, reboots.getOrDefault(vmId, 0L)));
                    }
                });
    }

    private void noRequestLost() {
        Map<UUID, Task> tasks = evidence.tasks().stream().collect(Collectors.toMap(Task::id, task -> task));
        for (Request request : evidence.requests()) {
            request.taskId()
                    .filter(id -> !tasks.containsKey(id))
                    .ifPresent(id -> broken(
                            Property.NO_REQUEST_LOST,
                            "%s was accepted as task %s, which nobody knows".formatted(describe(request), id)));
        }
        Set<UUID> deleted = evidence.tasks().stream()
                .filter(task -> task.kind().equals(Verb.DELETE.taskKind()) && task.succeeded())
                .map(Task::targetId)
                .collect(Collectors.toSet());
        for (Task task : evidence.tasks()) {
            if (task.kind().equals(Verb.CREATE.taskKind())
                    && task.succeeded()
                    && !deleted.contains(task.targetId())
                    && !vms.containsKey(task.targetId())) {
                broken(
                        Property.NO_REQUEST_LOST,
                        "VM %s was made by task %s, nobody deleted it, and it is gone"
                                .formatted(task.targetId(), task.id()));
            }
        }
        deleted.stream()
                .filter(vms::containsKey)
                .forEach(id -> broken(Property.NO_REQUEST_LOST, "VM %s was deleted and is still there".formatted(id)));
    }

    private void everyTaskEnds() {
        for (Task task : evidence.tasks()) {
            if (!task.ended()) {
                broken(
                        Property.EVERY_TASK_ENDS,
                        "%s %s of VM %s is %s in %s"
                                .formatted(task.kind(), task.id(), task.targetId(), task.state(), task.phase()));
            }
        }
    }

    private void observedIsReal() {
        for (Vm vm : evidence.vms()) {
            List<Guest> real = guests.getOrDefault(vm.id(), List.of());
            String truth = real.stream()
                    .map(guest -> status(guest) + " on " + guest.host())
                    .sorted()
                    .collect(Collectors.joining(" and "));
            String said = vm.status().equals(DOWN) && vm.host().isEmpty()
                    ? ""
                    : vm.status() + " on " + vm.host().orElse("no host");
            if (!truth.equals(said)) {
                broken(
                        Property.OBSERVED_IS_REAL,
                        "VM %s (%s) is said to be %s and is %s"
                                .formatted(vm.id(), vm.name(), orDown(said), orDown(truth)));
            }
        }
    }

    private void wantedIsReal() {
        Set<UUID> busy = evidence.tasks().stream()
                .filter(task -> !task.ended())
                .map(Task::targetId)
                .collect(Collectors.toSet());
        for (Vm vm : evidence.vms()) {
            boolean runs = guests.containsKey(vm.id());
            boolean wanted = vm.wanted().equals("RUNNING");
            if (!busy.contains(vm.id()) && wanted != runs && !(wanted && vm.crashLoop())) {
                broken(
                        Property.WANTED_IS_REAL,
                        "VM %s (%s) shall be %s and is %s"
                                .formatted(vm.id(), vm.name(), vm.wanted(), runs ? "there" : "not"));
            }
            if (!vm.activity().isEmpty() && !busy.contains(vm.id())) {
                broken(
                        Property.WANTED_IS_REAL,
                        "VM %s (%s) is %s, but no task works on it".formatted(vm.id(), vm.name(), vm.activity()));
            }
        }
    }

    private void noOrphan() {
        evidence.guests().stream()
                .filter(guest -> !vms.containsKey(guest.vmId()))
                .forEach(guest -> broken(
                        Property.NO_ORPHAN, "guest %s is on %s and no VM".formatted(guest.vmId(), guest.host())));
        Evidence.Held held = evidence.held();
        Set<UUID> disks = new HashSet<>();
        for (Owned disk : held.disks()) {
            disks.add(disk.id());
            if (!vms.containsKey(disk.vmId())) {
                broken(Property.NO_ORPHAN, "disk %s belongs to VM %s, which is gone".formatted(disk.id(), disk.vmId()));
            }
            if (!held.disksOnStorage().contains(disk.id())) {
                broken(Property.NO_ORPHAN, "disk %s of VM %s is not on the storage".formatted(disk.id(), disk.vmId()));
            }
        }
        held.disksOnStorage().stream()
                .filter(id -> !disks.contains(id))
                .forEach(id -> broken(Property.NO_ORPHAN, "disk %s is on the storage and nobody's".formatted(id)));
        Set<UUID> nics = held.nics().stream().map(Owned::id).collect(Collectors.toSet());
        held.addresses().stream()
                .filter(id -> !nics.contains(id))
                .forEach(id -> broken(
                        Property.NO_ORPHAN, "an address belongs to network card %s, which is gone".formatted(id)));
        if (held.addresses().size() != nics.size()) {
            broken(
                    Property.NO_ORPHAN,
                    "%d addresses for %d network cards"
                            .formatted(held.addresses().size(), nics.size()));
        }
        reservations();
    }

    /** A VM that runs has one place, where it is; a VM that is down has none. */
    private void reservations() {
        Map<UUID, List<String>> reserved = new HashMap<>();
        for (Reservation reservation : evidence.held().reservations()) {
            reserved.computeIfAbsent(reservation.vmId(), id -> new ArrayList<>())
                    .add(reservation.host());
        }
        for (Vm vm : evidence.vms()) {
            List<String> places = reserved.getOrDefault(vm.id(), List.of());
            List<String> real = guests.getOrDefault(vm.id(), List.of()).stream()
                    .map(Guest::host)
                    .toList();
            if (!places.equals(real)) {
                broken(
                        Property.NO_ORPHAN,
                        "VM %s (%s) is on %s and has a place reserved on %s"
                                .formatted(vm.id(), vm.name(), real, places));
            }
        }
        reserved.keySet().stream()
                .filter(id -> !vms.containsKey(id))
                .forEach(
                        id -> broken(Property.NO_ORPHAN, "a place is reserved for VM %s, which is gone".formatted(id)));
    }

    private static String status(Guest guest) {
        return guest.state().equals("RUNNING") ? "UP" : guest.state();
    }

    private static String orDown(String text) {
        return text.isEmpty() ? DOWN : text;
    }

    private static String describe(Request request) {
        return "%s of %s (key %s)".formatted(request.verb(), request.vmName(), request.key());
    }

    private void broken(Property property, String detail) {
        violations.add(new Violation(property, detail));
    }
}

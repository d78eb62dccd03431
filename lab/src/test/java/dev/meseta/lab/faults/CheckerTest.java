package dev.meseta.lab.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.lab.faults.Evidence.Guest;
import dev.meseta.lab.faults.Evidence.Held;
import dev.meseta.lab.faults.Evidence.Owned;
import dev.meseta.lab.faults.Evidence.Request;
import dev.meseta.lab.faults.Evidence.Reservation;
import dev.meseta.lab.faults.Evidence.Reset;
import dev.meseta.lab.faults.Evidence.Run;
import dev.meseta.lab.faults.Evidence.Task;
import dev.meseta.lab.faults.Evidence.Vm;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A checker that finds nothing proves nothing: each property is seen to be broken by evidence made for it. */
@Tag("unit")
class CheckerTest {

    private static final UUID VM = new UUID(1, 1);
    private static final UUID OTHER_VM = new UUID(1, 2);
    private static final UUID DISK = new UUID(2, 1);
    private static final UUID NIC = new UUID(3, 1);
    private static final UUID CREATE_TASK = new UUID(4, 1);

    /** A VM that was made and runs on host a; nothing is wrong. */
    private final List<Request> requests = new ArrayList<>(
            List.of(new Request("k1", 0, Verb.CREATE, "vm", Optional.of(VM), 202, "", Optional.of(CREATE_TASK))));

    private final List<Task> tasks =
            new ArrayList<>(List.of(new Task(CREATE_TASK, "vm.create", "SUCCEEDED", "SUCCEEDED", VM, "k1")));
    private final List<Run> runs = new ArrayList<>(List.of(new Run(VM, "a", 100, Long.MAX_VALUE)));
    private final List<Reset> resets = new ArrayList<>();
    private final List<Vm> vms =
            new ArrayList<>(List.of(new Vm(VM, "vm", "UP", Optional.of("a"), "", "RUNNING", false)));
    private final List<Guest> guests = new ArrayList<>(List.of(new Guest(VM, "a", "RUNNING")));
    private final List<Owned> disks = new ArrayList<>(List.of(new Owned(DISK, VM)));
    private final Set<UUID> disksOnStorage = new HashSet<>(Set.of(DISK));
    private final List<Owned> nics = new ArrayList<>(List.of(new Owned(NIC, VM)));
    private final List<UUID> addresses = new ArrayList<>(List.of(NIC));
    private final List<Reservation> reservations = new ArrayList<>(List.of(new Reservation(VM, "a")));

    @Test
    void nothingIsWrong() {
        assertThat(check()).isEmpty();
    }

    @Test
    void aGuestOnTwoHostsAtOnce() {
        runs.set(0, new Run(VM, "a", 100, 2_000_100));
        runs.add(new Run(VM, "b", 100_000, Long.MAX_VALUE));

        assertBroken(Property.NEVER_TWICE, "a and on b at once for 1.9 ms");
    }

    @Test
    void aShortRunWithinALongOneIsTwiceToo() {
        runs.set(0, new Run(VM, "a", 100, 9_000));
        runs.add(new Run(VM, "b", 200, 300));
        runs.add(new Run(VM, "c", 8_000, 8_500));

        assertThat(check()).extracting(Violation::property).containsExactly(Property.NEVER_TWICE, Property.NEVER_TWICE);
    }

    @Test
    void aGuestThatMovedIsNotTwice() {
        runs.set(0, new Run(VM, "b", 50, 100));
        runs.add(new Run(VM, "a", 100, Long.MAX_VALUE));

        assertThat(check()).isEmpty();
    }

    @Test
    void aRequestThatBecameTwoTasks() {
        tasks.add(new Task(new UUID(4, 2), "vm.create", "FAILED", "FAILED", OTHER_VM, "k1"));

        assertBroken(Property.ONE_TASK_PER_REQUEST, "became 2 tasks");
    }

    @Test
    void aRequestThatWasRefusedAndDone() {
        requests.set(0, new Request("k1", 0, Verb.CREATE, "vm", Optional.empty(), 409, "NAME_TAKEN", Optional.empty()));

        assertBroken(Property.ONE_TASK_PER_REQUEST, "refused with 409 NAME_TAKEN although it is task");
    }

    @Test
    void aRequestWithoutAnAnswerMayHaveBeenDoneOrNot() {
        requests.set(0, new Request("k1", 0, Verb.CREATE, "vm", Optional.empty(), 0, "", Optional.empty()));
        requests.add(new Request("k2", 0, Verb.STOP, "vm", Optional.of(VM), 0, "", Optional.empty()));

        assertThat(check()).isEmpty();
    }

    @Test
    void aGuestThatWasResetTwiceForOneReboot() {
        tasks.add(new Task(new UUID(4, 2), "vm.reboot", "SUCCEEDED", "SUCCEEDED", VM, "k2"));
        resets.add(new Reset(VM, "a", 200));
        assertThat(check()).isEmpty();

        resets.add(new Reset(VM, "a", 300));

        assertBroken(Property.RESET_ONCE, "reset 2 times for 1 reboots");
    }

    @Test
    void anAcceptedRequestWhoseTaskNobodyKnows() {
        requests.add(new Request("k2", 0, Verb.STOP, "vm", Optional.of(VM), 202, "", Optional.of(new UUID(4, 9))));

        assertBroken(Property.NO_REQUEST_LOST, "which nobody knows");
    }

    @Test
    void aVmThatWasMadeAndIsGone() {
        tasks.add(new Task(new UUID(4, 2), "vm.create", "SUCCEEDED", "SUCCEEDED", OTHER_VM, "k2"));

        assertBroken(Property.NO_REQUEST_LOST, "nobody deleted it");
    }

    @Test
    void aVmThatWasDeletedAndIsThere() {
        tasks.add(new Task(new UUID(4, 2), "vm.delete", "SUCCEEDED", "SUCCEEDED", VM, "k2"));

        assertBroken(Property.NO_REQUEST_LOST, "was deleted and is still there");
    }

    @Test
    void aTaskThatDoesNotEnd() {
        tasks.add(new Task(new UUID(4, 2), "vm.reboot", "RUNNING", "REQUESTED", VM, "k2"));

        assertBroken(Property.EVERY_TASK_ENDS, "is RUNNING in REQUESTED");
    }

    @Test
    void aVmThatIsSaidToRunAndDoesNot() {
        guests.clear();
        reservations.clear();
        vms.set(0, new Vm(VM, "vm", "UP", Optional.of("a"), "", "STOPPED", false));

        assertBroken(Property.OBSERVED_IS_REAL, "is said to be UP on a and is DOWN");
    }

    @Test
    void aVmThatIsSaidToBeElsewhere() {
        vms.set(0, new Vm(VM, "vm", "UP", Optional.of("b"), "", "RUNNING", false));

        assertBroken(Property.OBSERVED_IS_REAL, "is said to be UP on b and is UP on a");
    }

    @Test
    void aVmOfWhichNothingIsKnown() {
        vms.set(0, new Vm(VM, "vm", "UNKNOWN", Optional.of("a"), "", "RUNNING", false));

        assertBroken(Property.OBSERVED_IS_REAL, "UNKNOWN");
    }

    @Test
    void aVmThatShallRunAndDoesNot() {
        down("RUNNING", false);

        assertBroken(Property.WANTED_IS_REAL, "shall be RUNNING and is not");
    }

    @Test
    void aVmThatCrashesAgainAndAgainIsLeftDown() {
        down("RUNNING", true);

        assertThat(check()).isEmpty();
    }

    @Test
    void aVmThatRunsAndShallNot() {
        vms.set(0, new Vm(VM, "vm", "UP", Optional.of("a"), "", "STOPPED", false));

        assertBroken(Property.WANTED_IS_REAL, "shall be STOPPED and is there");
    }

    @Test
    void aVmThatNoTaskWorksOnAndThatIsLocked() {
        vms.set(0, new Vm(VM, "vm", "UP", Optional.of("a"), "LOCKED", "RUNNING", false));

        assertBroken(Property.WANTED_IS_REAL, "is LOCKED, but no task works on it");
    }

    @Test
    void aGuestWithoutVm() {
        guests.add(new Guest(OTHER_VM, "b", "RUNNING"));

        assertBroken(Property.NO_ORPHAN, "on b and no VM");
    }

    @Test
    void disksThatAreNobodysAndDisksThatAreNotThere() {
        disksOnStorage.add(new UUID(2, 2));
        assertBroken(Property.NO_ORPHAN, "is on the storage and nobody's");

        disksOnStorage.clear();
        assertBroken(Property.NO_ORPHAN, "is not on the storage");

        disksOnStorage.add(DISK);
        disks.set(0, new Owned(DISK, OTHER_VM));
        assertBroken(Property.NO_ORPHAN, "belongs to VM " + OTHER_VM);
    }

    @Test
    void anAddressOfNobody() {
        addresses.add(new UUID(3, 2));

        assertThat(check())
                .extracting(Violation::detail)
                .anyMatch(detail -> detail.contains("network card, which is gone") || detail.contains("which is gone"));
    }

    @Test
    void aPlaceThatIsNotGivenBack() {
        reservations.add(new Reservation(VM, "b"));

        assertBroken(Property.NO_ORPHAN, "is on [a] and has a place reserved on [a, b]");
    }

    @Test
    void aPlaceThatIsMissingOrNobodys() {
        reservations.set(0, new Reservation(OTHER_VM, "a"));

        assertThat(check())
                .extracting(Violation::detail)
                .anyMatch(detail -> detail.contains("has a place reserved on []"))
                .anyMatch(detail -> detail.contains("reserved for VM " + OTHER_VM));
    }

    private void down(String wanted, boolean crashLoop) {
        guests.clear();
        reservations.clear();
        vms.set(0, new Vm(VM, "vm", "DOWN", Optional.empty(), "", wanted, crashLoop));
    }

    private List<Violation> check() {
        return Checker.check(new Evidence(
                requests,
                tasks,
                runs,
                resets,
                vms,
                guests,
                new Held(disks, disksOnStorage, nics, addresses, reservations)));
    }

    private void assertBroken(Property property, String detail) {
        assertThat(check()).singleElement().satisfies(violation -> {
            assertThat(violation.property()).isEqualTo(property);
            assertThat(violation.detail()).contains(detail);
        });
    }
}

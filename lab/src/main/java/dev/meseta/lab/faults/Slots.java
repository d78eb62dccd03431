package dev.meseta.lab.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The VMs that clients work on, some of which are not there at times. Clients share them. For any number of threads. */
final class Slots {

    private final List<Slot> slots = new ArrayList<>();

    Slots(int count) {
        for (int number = 0; number < count; number++) {
            slots.add(new Slot(number));
        }
    }

    Slot get(int number) {
        return slots.get(number);
    }

    /** One VM, and after its end the next. */
    static final class Slot {

        private final int number;
        private int generation;
        private Optional<UUID> vmId = Optional.empty();

        private Slot(int number) {
            this.number = number;
        }

        synchronized Optional<UUID> vmId() {
            return vmId;
        }

        synchronized String name() {
            return "faults-%d-%d".formatted(number, generation);
        }

        /** It was accepted that this VM is made. */
        synchronized void made(UUID made) {
            vmId = Optional.of(made);
        }

        /** It is not there any more; the next one has another name. */
        synchronized void gone(UUID lost) {
            if (vmId.filter(lost::equals).isPresent()) {
                vmId = Optional.empty();
                generation++;
            }
        }
    }
}

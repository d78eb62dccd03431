package dev.meseta.agent.hypervisor.simulated;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * When each guest of a fabric ran where, and when it was reset: the truth that a checker needs to say whether a guest ever
 * ran twice. Off until somebody wants it, because it only grows. Times are {@link System#nanoTime}, which on Linux all
 * processes of a machine share. Guarded by the fabric's lock, so its order is the order of what happened.
 */
public final class RunRecord {

    private final Map<Place, Long> open = new LinkedHashMap<>();
    private final List<Run> ended = new ArrayList<>();
    private final List<Reset> resets = new ArrayList<>();
    private boolean on;

    /**
     * A guest held processors and disks of a host, be it running or halted.
     *
     * @param endNanos empty: it still does
     */
    public record Run(UUID vmId, String host, long beginNanos, OptionalLong endNanos) {}

    /** A guest was made to boot again. */
    public record Reset(UUID vmId, String host, long atNanos) {}

    private record Place(UUID vmId, String host) {}

    void begin() {
        on = true;
    }

    boolean isOn() {
        return on;
    }

    /** What a host has of a guest has changed. */
    void holds(UUID vmId, String host, boolean guest) {
        if (!on) {
            return;
        }
        Place place = new Place(vmId, host);
        if (guest) {
            open.putIfAbsent(place, System.nanoTime());
        } else {
            Long begin = open.remove(place);
            if (begin != null) {
                ended.add(new Run(vmId, host, begin, OptionalLong.of(System.nanoTime())));
            }
        }
    }

    void reset(UUID vmId, String host) {
        if (on) {
            resets.add(new Reset(vmId, host, System.nanoTime()));
        }
    }

    /** Every run since the record began; those that go on come last. */
    List<Run> runs() {
        List<Run> all = new ArrayList<>(ended);
        open.forEach((place, begin) -> all.add(new Run(place.vmId(), place.host(), begin, OptionalLong.empty())));
        return all;
    }

    List<Reset> resets() {
        return List.copyOf(resets);
    }
}

package dev.meseta.agent.flows;

import dev.meseta.agent.hypervisor.Vnic;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Whose the taps of this host are, by index. A tap that is gone is known until its last flows have been told of. */
public final class Vnics {

    private final Map<Integer, Vnic> known = new ConcurrentHashMap<>();
    private final Set<Integer> present = ConcurrentHashMap.newKeySet();

    /** A tap is there; whose it is may not be known yet. */
    public void present(int index) {
        present.add(index);
    }

    public void identify(int index, Vnic vnic) {
        known.put(index, vnic);
    }

    /** Its tap is no more. */
    public void gone(int index) {
        present.remove(index);
    }

    /** Nothing is left of it. */
    void forget(int index) {
        known.remove(index);
    }

    public boolean isPresent(int index) {
        return present.contains(index);
    }

    public Optional<Vnic> find(int index) {
        return Optional.ofNullable(known.get(index));
    }

    /** Known, and without a tap. */
    public Set<Integer> departed() {
        Set<Integer> departed = new HashSet<>(known.keySet());
        departed.removeAll(present);
        return departed;
    }
}

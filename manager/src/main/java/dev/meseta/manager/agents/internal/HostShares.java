package dev.meseta.manager.agents.internal;

import dev.meseta.manager.membership.Life;
import java.util.Collection;
import java.util.List;

/** How many hosts each manager watches. */
final class HostShares {

    private HostShares() {}

    /** As many as everybody else, or one more for the first ones while hosts are left over. All members count the same. */
    static int of(Life life, Collection<Life> living, int hosts) {
        List<String> names = living.stream().map(Life::name).sorted().toList();
        int place = names.indexOf(life.name());
        if (place < 0) {
            return 0;
        }
        return hosts / names.size() + (place < hosts % names.size() ? 1 : 0);
    }

    /** How many hosts may change hands at a time, so that never more than a few are without a watch. */
    static int step(int hosts) {
        return Math.max(1, hosts / 20);
    }
}

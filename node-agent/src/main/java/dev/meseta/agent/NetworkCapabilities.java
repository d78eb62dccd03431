package dev.meseta.agent;

import dev.meseta.agent.errors.AgentException;
import dev.meseta.agent.network.Networks;
import java.util.List;
import java.util.function.Supplier;

/** What this host's kernel can do for networks; tried once, when first asked. */
final class NetworkCapabilities implements Supplier<List<String>> {

    private static final String VXLAN = "network.vxlan";

    private final Networks networks;
    private List<String> known = List.of();
    private boolean tried;

    NetworkCapabilities(Networks networks) {
        this.networks = networks;
    }

    @Override
    public synchronized List<String> get() {
        if (!tried) {
            known = vxlanWorks() ? List.of(VXLAN) : List.of();
            tried = true;
        }
        return known;
    }

    private boolean vxlanWorks() {
        try {
            return networks.vxlanWorks();
        } catch (AgentException e) {
            System.getLogger(NetworkCapabilities.class.getName())
                    .log(System.Logger.Level.WARNING, "Overlay networks do not work on this host: {0}", e.detail());
            return false;
        }
    }
}

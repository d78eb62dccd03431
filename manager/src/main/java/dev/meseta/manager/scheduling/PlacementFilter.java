package dev.meseta.manager.scheduling;

/** One rule about which hosts a VM may run on. */
public interface PlacementFilter {

    /** Must say yes or no for every host; there is no third answer. No allocation: called for every host there is. */
    boolean accepts(HostCapacity host, Demand demand);

    /** Why a host that was not accepted was not, with the values that decided it. */
    Explanation explain(HostCapacity host, Demand demand);

    /**
     * @param code stable, in capitals
     * @param message a sentence for people
     */
    record Explanation(String code, String message) {}
}

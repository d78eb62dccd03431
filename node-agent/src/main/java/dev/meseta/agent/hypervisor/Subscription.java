package dev.meseta.agent.hypervisor;

/** Ends the delivery of events when closed. */
public interface Subscription extends AutoCloseable {

    @Override
    void close();
}

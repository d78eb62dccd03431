package dev.meseta.agent.hypervisor;

/** Hears of changes to domains. Must return quickly and must not throw. */
@FunctionalInterface
public interface DomainListener {

    void onEvent(DomainEvent event);
}

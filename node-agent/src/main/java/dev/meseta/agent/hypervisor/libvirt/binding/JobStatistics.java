package dev.meseta.agent.hypervisor.libvirt.binding;

/**
 * Answer of {@code virDomainGetJobStats}.
 *
 * @param type {@code virDomainJobType}; {@link #NONE} when no job is under way
 */
public record JobStatistics(int type, TypedParameters parameters) {

    public static final int NONE = 0;
    public static final int BOUNDED = 1;
    public static final int UNBOUNDED = 2;
    /** {@code virDomainJobOperation} in the parameter {@code operation}. */
    public static final int OPERATION_MIGRATION_OUT = 5;
}

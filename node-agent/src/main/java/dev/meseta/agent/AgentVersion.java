package dev.meseta.agent;

/** Which build this is. */
public final class AgentVersion {

    private AgentVersion() {}

    /** From the jar's manifest; "development" when run from classes. */
    public static String current() {
        String version = AgentVersion.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}

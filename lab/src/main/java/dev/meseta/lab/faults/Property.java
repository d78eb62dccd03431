package dev.meseta.lab.faults;

/** What must hold, whatever dies. The names are in reports and documentation. */
public enum Property {
    NEVER_TWICE("never twice", false, "a guest is never on two hosts at once"),
    ONE_TASK_PER_REQUEST("one task per request", false, "a request that is sent again is not done again"),
    RESET_ONCE("reset once", false, "a guest is reset at most once for every accepted reboot"),
    NO_REQUEST_LOST("no accepted request lost", false, "what was answered with a task is known and done"),
    EVERY_TASK_ENDS("every task ends", true, "no task is unfinished once everything is well again"),
    OBSERVED_IS_REAL("observed = real", true, "what the API says of a VM is what its host has"),
    WANTED_IS_REAL("wanted = real", true, "a VM that shall run runs, one that shall not does not"),
    NO_ORPHAN("no orphan", true, "no guest, disk, address or reservation without its VM, and none missing");

    private final String title;
    private final boolean inTheEnd;
    private final String meaning;

    Property(String title, boolean inTheEnd, String meaning) {
        this.title = title;
        this.inTheEnd = inTheEnd;
        this.meaning = meaning;
    }

    public String title() {
        return title;
    }

    /** True: it may be broken while faults last and for a while after. */
    public boolean inTheEnd() {
        return inTheEnd;
    }

    public String meaning() {
        return meaning;
    }
}

package dev.meseta.lab.faults;

/** What clients ask for. */
public enum Verb {
    CREATE("vm.create", ""),
    START("vm.start", "start"),
    STOP("vm.stop", "stop"),
    FORCED_STOP("vm.stop", "stop"),
    REBOOT("vm.reboot", "reboot"),
    FORCED_REBOOT("vm.reboot", "reboot"),
    MIGRATE("vm.migrate", "migrate"),
    DELETE("vm.delete", "");

    private final String taskKind;
    private final String path;

    Verb(String taskKind, String path) {
        this.taskKind = taskKind;
        this.path = path;
    }

    /** Kind of the task that does it. */
    public String taskKind() {
        return taskKind;
    }

    /** Last part of the address, after the VM's id; empty for what needs none. */
    String path() {
        return path;
    }

    /** What fits a VM in that state; a few requests fit none on purpose. */
    static Verb choose(Seen seen, double choice) {
        if (choice < 0.05) {
            // One in twenty does not look first, as people in a hurry do.
            return values()[(int) (choice / 0.05 * values().length)];
        }
        double rest = (choice - 0.05) / 0.95;
        return switch (seen) {
            case ABSENT -> CREATE;
            case DOWN -> rest < 0.6 ? START : DELETE;
            case RUNNING -> running(rest);
        };
    }

    private static Verb running(double rest) {
        if (rest < 0.40) {
            return MIGRATE;
        }
        if (rest < 0.65) {
            return FORCED_STOP;
        }
        if (rest < 0.75) {
            return STOP;
        }
        return rest < 0.90 ? FORCED_REBOOT : REBOOT;
    }

    /** How a client sees a VM before it asks. */
    enum Seen {
        ABSENT,
        DOWN,
        RUNNING
    }
}

package dev.meseta.lab.host;

import java.util.List;

/**
 * A process inside a lab host.
 *
 * @param pid its id as seen from outside the host
 * @param arguments its argument vector; empty for a process that is just ending
 */
public record HostProcess(long pid, List<String> arguments) {

    public HostProcess {
        arguments = List.copyOf(arguments);
    }

    /** Name of the program without its folder. */
    public String program() {
        if (arguments.isEmpty()) {
            return "";
        }
        String first = arguments.getFirst();
        return first.substring(first.lastIndexOf('/') + 1);
    }
}

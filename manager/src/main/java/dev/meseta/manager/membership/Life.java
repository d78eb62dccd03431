package dev.meseta.manager.membership;

import java.util.UUID;

/**
 * One life of a manager: from the start of its process to the end of it.
 *
 * @param incarnation counts the lives of one manager from 1
 */
public record Life(UUID managerId, long incarnation) {

    /** Short enough for every column that notes who has picked something. */
    public String name() {
        return managerId + ":" + incarnation;
    }
}

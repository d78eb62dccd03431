package dev.meseta.agent.storage;

import dev.meseta.agent.errors.AgentException;
import java.nio.file.Path;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Where things are in a storage domain. Names are made of ids, so nothing a user types becomes a path; the one exception,
 * an incoming file, is checked.
 */
public record SharedDirectory(UUID storageDomainId, Path path) {

    static final String MARK = ".meseta-storage-domain";

    private static final Pattern INCOMING_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,254}");

    public Path disk(UUID diskId) {
        return disks().resolve(diskId + ".qcow2");
    }

    public Path image(UUID imageId) {
        return images().resolve(imageId + ".qcow2");
    }

    public Path seed(UUID vmId) {
        return seeds().resolve(vmId + ".iso");
    }

    /** @throws AgentException VALIDATION_FAILED when it is not a plain file name */
    public Path incoming(String name) {
        if (!INCOMING_NAME.matcher(name).matches()) {
            throw AgentException.validation("incoming_file must be a plain file name of [A-Za-z0-9._-]");
        }
        return incoming().resolve(name);
    }

    Path images() {
        return path.resolve("images");
    }

    Path disks() {
        return path.resolve("disks");
    }

    Path seeds() {
        return path.resolve("seeds");
    }

    Path incoming() {
        return path.resolve("incoming");
    }

    /** Private to the agent: files are here while they are checked. */
    Path checking() {
        return path.resolve(".checking");
    }

    Path mark() {
        return path.resolve(MARK);
    }
}

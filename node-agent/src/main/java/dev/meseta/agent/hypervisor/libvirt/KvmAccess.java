package dev.meseta.agent.hypervisor.libvirt;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Whether QEMU's user may open the KVM device, judged by owner, group and mode as the kernel would. While the device exists
 * and may not be opened, libvirt forgets QEMU's capabilities before every call and each takes seconds instead of
 * milliseconds.
 */
final class KvmAccess {

    private static final int OWNER_READ_WRITE = 0600;
    private static final int GROUP_READ_WRITE = 0060;
    private static final int OTHERS_READ_WRITE = 0006;
    private static final int PASSWD_FIELDS = 4;

    private final LibvirtSettings settings;

    KvmAccess(LibvirtSettings settings) {
        this.settings = settings;
    }

    /** Empty when there is no device, or it cannot be said. */
    Optional<Boolean> mayOpen() throws IOException {
        Path device = settings.kvmDevice();
        Optional<User> user = user();
        if (!Files.exists(device) || user.isEmpty()) {
            return Optional.empty();
        }
        Map<String, Object> attributes = Files.readAttributes(device, "unix:uid,gid,mode");
        if (!(attributes.get("uid") instanceof Integer owner)
                || !(attributes.get("gid") instanceof Integer group)
                || !(attributes.get("mode") instanceof Integer mode)) {
            return Optional.empty();
        }
        if (user.get().uid() == 0) {
            return Optional.of(true);
        }
        if (user.get().uid() == owner) {
            return Optional.of(allows(mode, OWNER_READ_WRITE));
        }
        if (user.get().groups().contains(group)) {
            return Optional.of(allows(mode, GROUP_READ_WRITE));
        }
        return Optional.of(allows(mode, OTHERS_READ_WRITE));
    }

    private static boolean allows(int mode, int bits) {
        return (mode & bits) == bits;
    }

    private Optional<User> user() throws IOException {
        for (String line : Files.readAllLines(settings.users())) {
            List<String> fields = List.of(line.split(":", -1));
            if (fields.size() >= PASSWD_FIELDS && fields.getFirst().equals(settings.qemuUser())) {
                Set<Integer> groups = new HashSet<>(supplementaryGroups());
                groups.add(Integer.parseInt(fields.get(3)));
                return Optional.of(new User(Integer.parseInt(fields.get(2)), groups));
            }
        }
        return Optional.empty();
    }

    private Set<Integer> supplementaryGroups() throws IOException {
        Set<Integer> groups = new HashSet<>();
        for (String line : Files.readAllLines(settings.groups())) {
            List<String> fields = List.of(line.split(":", -1));
            if (fields.size() >= PASSWD_FIELDS
                    && List.of(fields.get(3).split(",", -1)).contains(settings.qemuUser())) {
                groups.add(Integer.parseInt(fields.get(2)));
            }
        }
        return groups;
    }

    private record User(int uid, Set<Integer> groups) {}
}

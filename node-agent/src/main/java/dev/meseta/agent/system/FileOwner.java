package dev.meseta.agent.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.List;
import java.util.Optional;

/** The user that the emulator runs as, and which files are given to it. */
public final class FileOwner {

    private final Optional<UserPrincipal> user;
    private final Optional<GroupPrincipal> group;

    private FileOwner(Optional<UserPrincipal> user, Optional<GroupPrincipal> group) {
        this.user = user;
        this.group = group;
    }

    /** Files stay with whoever runs the agent; for hosts without an emulator. */
    public static FileOwner unchanged() {
        return new FileOwner(Optional.empty(), Optional.empty());
    }

    /**
     * A user of this host by name, with its primary group.
     *
     * @throws UncheckedIOException when there is no such user
     */
    public static FileOwner of(String userName) {
        UserPrincipalLookupService lookup = FileSystems.getDefault().getUserPrincipalLookupService();
        try {
            UserPrincipal user = lookup.lookupPrincipalByName(userName);
            return new FileOwner(Optional.of(user), primaryGroup(userName, lookup));
        } catch (UserPrincipalNotFoundException e) {
            throw new UncheckedIOException("There is no user " + userName + " on this host", e);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot look up user " + userName, e);
        }
    }

    /** Gives a file to the user, with these permissions in the notation {@code rw-------}. */
    public void own(Path file, String permissions) throws IOException {
        PosixFileAttributeView view =
                Files.getFileAttributeView(file, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        // Permissions first: they are the agent's to set only while the file is still its own.
        view.setPermissions(PosixFilePermissions.fromString(permissions));
        if (group.isPresent()) {
            view.setGroup(group.get());
        }
        if (user.isPresent()) {
            view.setOwner(user.get());
        }
    }

    private static Optional<GroupPrincipal> primaryGroup(String userName, UserPrincipalLookupService lookup)
            throws IOException {
        String groupId = fieldOf(Path.of("/etc/passwd"), 0, userName, 3);
        if (groupId.isEmpty()) {
            return Optional.empty();
        }
        String groupName = fieldOf(Path.of("/etc/group"), 2, groupId, 0);
        return groupName.isEmpty() ? Optional.empty() : Optional.of(lookup.lookupPrincipalByGroupName(groupName));
    }

    private static String fieldOf(Path table, int keyField, String key, int valueField) throws IOException {
        List<String> lines = Files.readAllLines(table);
        for (String line : lines) {
            String[] fields = line.split(":", -1);
            if (fields.length > Math.max(keyField, valueField) && fields[keyField].equals(key)) {
                return fields[valueField];
            }
        }
        return "";
    }
}

package dev.meseta.manager.fakes;

import dev.meseta.manager.identity.Access;
import dev.meseta.manager.identity.AccessColumns;
import dev.meseta.manager.identity.AuthenticatedUser;
import dev.meseta.manager.identity.ObjectRef;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.shared.query.SqlFilter;

/** Everybody may do everything. */
public final class OpenAccess implements Access {

    @Override
    public void require(Permission permission, ObjectRef object) {}

    @Override
    public void require(AuthenticatedUser user, Permission permission, ObjectRef object) {}

    @Override
    public boolean allows(Permission permission, ObjectRef object) {
        return true;
    }

    @Override
    public boolean allows(AuthenticatedUser user, Permission permission, ObjectRef object) {
        return true;
    }

    @Override
    public boolean exists(ObjectRef object) {
        return true;
    }

    @Override
    public SqlFilter visible(Permission permission, AccessColumns columns) {
        return SqlFilter.ALL;
    }

    @Override
    public SqlFilter about(Permission permission, String kindColumn, String idColumn) {
        return SqlFilter.ALL;
    }

    @Override
    public boolean isAllowedEverywhere(Permission permission) {
        return true;
    }

    @Override
    public boolean isAllowedEverywhere(AuthenticatedUser user, Permission permission) {
        return true;
    }

    @Override
    public long generation() {
        return 0;
    }
}

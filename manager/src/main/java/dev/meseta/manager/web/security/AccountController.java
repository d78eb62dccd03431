package dev.meseta.manager.web.security;

import dev.meseta.manager.identity.AuthenticatedUser;
import dev.meseta.manager.identity.DangerousVerb;
import dev.meseta.manager.identity.OpenWhileEnrolling;
import dev.meseta.manager.identity.OwnAccount;
import dev.meseta.manager.identity.OwnAccount.Factors;
import dev.meseta.manager.identity.OwnAccount.NewTotp;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.identity.RequiresPermission;
import dev.meseta.manager.identity.RequiresStepUp;
import dev.meseta.manager.shared.web.Api;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** What a person signs in with. No API token changes any of it. */
@RestController
@RequestMapping(Api.BASE + "/account")
@OpenWhileEnrolling
@Tag(name = "Own account")
class AccountController {

    private final OwnAccount account;

    AccountController(OwnAccount account) {
        this.account = account;
    }

    record PasswordChange(@NotNull String present, @NotNull String wanted) {
        @Override
        public String toString() {
            return "PasswordChange";
        }
    }

    record TotpCode(@NotNull String code) {
        @Override
        public String toString() {
            return "TotpCode";
        }
    }

    /** Shown once; empty: those there were go on being good. */
    record NewRecoveryCodes(List<String> recoveryCodes) {
        @Override
        public String toString() {
            return "NewRecoveryCodes";
        }
    }

    record PasskeyLabel(@NotNull String label) {}

    /** @param credential what the browser's {@code navigator.credentials.create} answered, as JSON */
    record NewPasskey(@NotNull String label, @NotNull Map<String, Object> credential) {}

    /** @param options for the browser's {@code navigator.credentials}, as JSON */
    record PasskeyQuestion(Map<String, Object> options) {}

    @GetMapping("/factors")
    @RequiresPermission(Permission.SESSION_OWN)
    @Operation(operationId = "getOwnFactors", summary = "What one signs in with")
    Factors factors(@Parameter(hidden = true) @AuthenticationPrincipal AuthenticatedUser user) {
        return account.factors(user);
    }

    @PostMapping("/password")
    @RequiresPermission(Permission.SESSION_OWN)
    @RequiresStepUp(DangerousVerb.FACTOR_CHANGE)
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(operationId = "changeOwnPassword", summary = "Change one's password; other sessions end")
    void changePassword(@Valid @RequestBody PasswordChange change, HttpServletRequest request) {
        account.changePassword(SignInOf.requireOwn(), change.present(), change.wanted(), request.getRemoteAddr());
    }

    @PostMapping("/totp")
    @RequiresPermission(Permission.SESSION_OWN)
    @RequiresStepUp(DangerousVerb.FACTOR_CHANGE)
    @Operation(operationId = "beginTotp", summary = "Begin to enrol an authenticator application")
    NewTotp beginTotp() {
        return account.beginTotp(SignInOf.requireOwn());
    }

    @PostMapping("/totp/confirm")
    @RequiresPermission(Permission.SESSION_OWN)
    @RequiresStepUp(DangerousVerb.FACTOR_CHANGE)
    @Operation(operationId = "confirmTotp", summary = "Enrol the authenticator application with its first code")
    NewRecoveryCodes confirmTotp(@Valid @RequestBody TotpCode code) {
        return new NewRecoveryCodes(account.confirmTotp(SignInOf.requireOwn(), code.code()));
    }

    @DeleteMapping("/totp")
    @RequiresPermission(Permission.SESSION_OWN)
    @RequiresStepUp(DangerousVerb.FACTOR_CHANGE)
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(operationId = "removeTotp", summary = "Remove the authenticator application")
    void removeTotp() {
        account.removeTotp(SignInOf.requireOwn());
    }

    @PostMapping("/recovery-codes")
    @RequiresPermission(Permission.SESSION_OWN)
    @RequiresStepUp(DangerousVerb.FACTOR_CHANGE)
    @Operation(operationId = "renewRecoveryCodes", summary = "Get new recovery codes; the old ones end")
    NewRecoveryCodes renewRecoveryCodes() {
        return new NewRecoveryCodes(account.newRecoveryCodes(SignInOf.requireOwn()));
    }

    @PostMapping("/passkeys/options")
    @RequiresPermission(Permission.SESSION_OWN)
    @RequiresStepUp(DangerousVerb.FACTOR_CHANGE)
    @Operation(operationId = "askForNewPasskey", summary = "A question for a new authenticator")
    PasskeyQuestion passkeyOptions(HttpServletRequest request) {
        return new PasskeyQuestion(account.passkeyQuestion(SignInOf.requireOwn(), SignInOf.site(request)));
    }

    @PostMapping("/passkeys")
    @RequiresPermission(Permission.SESSION_OWN)
    @RequiresStepUp(DangerousVerb.FACTOR_CHANGE)
    @Operation(operationId = "addPasskey", summary = "Enrol a passkey")
    NewRecoveryCodes addPasskey(@Valid @RequestBody NewPasskey passkey, HttpServletRequest request) {
        return new NewRecoveryCodes(account.addPasskey(
                SignInOf.requireOwn(), SignInOf.site(request), passkey.label(), passkey.credential()));
    }

    @PatchMapping("/passkeys/{id}")
    @RequiresPermission(Permission.SESSION_OWN)
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(operationId = "renamePasskey", summary = "Call a passkey something else")
    void renamePasskey(@PathVariable UUID id, @Valid @RequestBody PasskeyLabel label) {
        account.renamePasskey(SignInOf.requireOwn(), id, label.label());
    }

    @DeleteMapping("/passkeys/{id}")
    @RequiresPermission(Permission.SESSION_OWN)
    @RequiresStepUp(DangerousVerb.FACTOR_CHANGE)
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(operationId = "removePasskey", summary = "Remove a passkey")
    void removePasskey(@PathVariable UUID id) {
        account.removePasskey(SignInOf.requireOwn(), id);
    }
}

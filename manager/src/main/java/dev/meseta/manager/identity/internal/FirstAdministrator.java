package dev.meseta.manager.identity.internal;

import dev.meseta.manager.database.OnceForAll;
import dev.meseta.manager.shared.ManagerIdentity;
import dev.meseta.manager.shared.OwnerOnlyFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * The administrator's account of a new installation: a generated password and an API token, in files only the manager's
 * own user may read, and {@code access.json} that says where everything is.
 */
@Component
class FirstAdministrator {

    private static final Logger LOG = LoggerFactory.getLogger(FirstAdministrator.class);
    private static final String USERNAME = "admin";
    private static final String TOKEN_NAME = "access.json";
    private static final String TOKEN_PREFIX = "meseta_";
    private static final int PASSWORD_BYTES = 18;
    private static final int TOKEN_BYTES = 32;

    private final OnceForAll once;
    private final Accounts accounts;
    private final PasswordEncoder passwords;
    private final JsonMapper json;
    private final String tokenName;
    private final Path stateFolder;
    private final String publicAddress;
    private final SecureRandom random = new SecureRandom();

    FirstAdministrator(
            OnceForAll once,
            Accounts accounts,
            PasswordEncoder passwords,
            JsonMapper json,
            ManagerIdentity manager,
            @Value("${meseta.state-dir}") Path stateFolder,
            @Value("${meseta.public-address}") String publicAddress) {
        this.once = once;
        this.accounts = accounts;
        this.passwords = passwords;
        this.json = json;
        this.tokenName = TOKEN_NAME + " of manager " + manager.id();
        this.stateFolder = stateFolder.toAbsolutePath().normalize();
        this.publicAddress = publicAddress;
    }

    @EventListener
    void whenReady(ApplicationReadyEvent event) throws IOException {
        String port = event.getApplicationContext().getEnvironment().getRequiredProperty("local.server.port");
        once.run(this::makeIfMissing);
        ensureToken(accounts.byName(USERNAME).orElseThrow().id());
        Map<String, Object> access = new LinkedHashMap<>();
        access.put("url", URI.create("https://" + host() + ":" + port).toString());
        access.put("caFile", stateFolder.resolve("ca.pem").toString());
        access.put("username", USERNAME);
        if (Files.exists(passwordFile())) {
            // Another manager of the same database may have made the account: then it has the password.
            access.put("passwordFile", passwordFile().toString());
        }
        access.put("tokenFile", tokenFile().toString());
        OwnerOnlyFiles.write(stateFolder.resolve("access.json"), json.writeValueAsString(access) + "\n");
    }

    private String host() {
        return publicAddress.indexOf(':') >= 0 ? "[" + publicAddress + "]" : publicAddress;
    }

    private void makeIfMissing() {
        if (accounts.byName(USERNAME).isPresent()) {
            return;
        }
        String password = secret(PASSWORD_BYTES);
        try {
            // The file first: after a crash in between there is no account yet, and the next start makes both anew.
            OwnerOnlyFiles.write(passwordFile(), password + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        accounts.makeSuperuser(accounts.create(USERNAME, passwords.encode(password)));
        LOG.info("Created the account {}; its password is in {}", USERNAME, passwordFile());
    }

    private void ensureToken(UUID userId) throws IOException {
        if (Files.exists(tokenFile())) {
            String token = Files.readString(tokenFile(), StandardCharsets.UTF_8).strip();
            if (accounts.byToken(token).isPresent()) {
                return;
            }
        }
        String token = TOKEN_PREFIX + secret(TOKEN_BYTES);
        OwnerOnlyFiles.write(tokenFile(), token + "\n");
        accounts.putToken(userId, tokenName, token);
    }

    private Path passwordFile() {
        return stateFolder.resolve("admin.password");
    }

    private Path tokenFile() {
        return stateFolder.resolve("admin.token");
    }

    private String secret(int bytes) {
        byte[] value = new byte[bytes];
        random.nextBytes(value);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(value);
    }
}

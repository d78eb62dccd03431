package dev.meseta.manager;

import dev.meseta.manager.database.TestPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/**
 * A whole manager on free ports, over real TLS and on a real PostgreSQL, with no host connected. It is started once and
 * shared by all subclasses; each cleans up nothing and therefore uses names of its own.
 */
@Tag("integration")
@SpringBootTest(classes = ManagerApplication.class, webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
public abstract class ManagerIntegrationTest {

    @LocalServerPort
    private int port;

    /** Of this test's manager: tests of other settings have one of their own. */
    @Value("${meseta.state-dir}")
    private Path state = Path.of("");

    @Autowired
    protected JdbcClient jdbc;

    /** The administrator, with the API token. */
    protected ApiClient api = ApiClient.NOT_STARTED;

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry registry) {
        TestPostgres.Database database = TestPostgres.create();
        Path folder = newStateFolder();
        registry.add("meseta.state-dir", folder::toString);
        registry.add("meseta.database.url", database::jdbcUrl);
        registry.add("meseta.database.username", database::username);
        registry.add("meseta.database.password", database::password);
        registry.add("meseta.grpc.listen", () -> "127.0.0.1:0");
    }

    @BeforeEach
    void signIn() {
        api = anonymous().withHeader("Authorization", "Bearer " + secret("admin.token"));
    }

    /** Somebody without any credential. */
    protected final ApiClient anonymous() {
        return new ApiClient(port, state.resolve("ca.pem"));
    }

    /** As {@link #anonymous()}, from some address of this machine. */
    protected final ApiClient anonymousAt(String address) {
        return new ApiClient(port, state.resolve("ca.pem"), InetAddress.ofLiteral(address));
    }

    /** Where a browser says that the page came from. */
    protected final String origin() {
        return "https://localhost:" + port;
    }

    protected final Path stateFolder() {
        return state;
    }

    /** Content of a file of the state folder. */
    protected final String secret(String file) {
        try {
            return Files.readString(state.resolve(file)).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path newStateFolder() {
        try {
            Path folder = Files.createTempDirectory("meseta-manager");
            folder.toFile().deleteOnExit();
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

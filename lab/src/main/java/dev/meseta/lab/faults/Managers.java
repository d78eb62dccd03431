package dev.meseta.lab.faults;

import dev.meseta.lab.client.MesetaClient;

/** The managers of a data center, as victims. Numbers begin at 0. Whoever asks for what is so already changes nothing. */
interface Managers {

    int count();

    /** The API of one of them, for impatient clients. */
    MesetaClient client(int manager);

    /** SIGKILL. */
    void kill(int manager);

    /** Starts it where it does not run, and returns when it answers. */
    void start(int manager);

    /** SIGSTOP. */
    void pause(int manager);

    /** SIGCONT; one that finds itself fenced ends then. */
    void resume(int manager);

    /** Whether its process is there. */
    boolean isRunning(int manager);
}

package ai.bytesandbrains.engine.hostile;

/// One wrong call, and how it has to be refused.
///
/// @param method what is called, as `Class.method`, `new` for a constructor
/// @param error what has to be thrown
/// @param message what the message has to contain
/// @param call the call
record HostileCase(String method, Class<? extends Exception> error, String message, Runnable call) {
    static HostileCase refused(String method, String message, Runnable call) {
        return new HostileCase(method, IllegalArgumentException.class, message, call);
    }

    static HostileCase outOfRange(String method, Runnable call) {
        return new HostileCase(method, IndexOutOfBoundsException.class, "", call);
    }

    static HostileCase closed(String method, Runnable call) {
        return new HostileCase(method, IllegalStateException.class, "", call);
    }

    static HostileCase state(String method, String message, Runnable call) {
        return new HostileCase(method, IllegalStateException.class, message, call);
    }

    @Override
    public String toString() {
        return method + " " + error.getSimpleName() + " " + message;
    }
}

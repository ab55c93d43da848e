// Client: a blocking HTTP/1.1 connection to one server, kept open between requests. Used by one thread at a time.
// Nothing is connected before the first request. A kept connection that the server closed before it answered is opened
// anew and the request sent again: send only what may arrive twice.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "http/message.h"
#include "http/parser.h"
#include "util/result.h"

namespace sluice::http {

struct ClientOptions {
    std::string host = "127.0.0.1";  // a name or a numeric address
    uint16_t port = 0;
    std::string authorization;                  // value of that header (make_basic), empty: none
    std::chrono::milliseconds timeout{30'000};  // a whole request; 0: no limit
    Limits limits{16 * 1024, 100, 128 * 1024 * 1024};
};

struct ClientError {
    enum class Kind {
        kConnect,  // nobody answers there: the server is down, still starting, or the name is unknown
        kTimeout,
        kBroken,  // connected, but the reply did not come or was no HTTP
    };
    Kind kind;
    std::string message;
};

class Client {
public:
    explicit Client(ClientOptions options);
    ~Client();
    Client(Client&&) noexcept;
    Client& operator=(Client&&) noexcept;

    Result<Response, ClientError> get(const std::string& target);
    Result<Response, ClientError> post(const std::string& target, const std::string& body,
                                       const std::string& content_type = "application/json");
    void set_authorization(std::string value);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::http

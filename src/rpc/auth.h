// Credentials: who may use RPC. A cookie made at each start (unless a password is configured), -rpcuser/-rpcpassword,
// and any number of -rpcauth=user:salt$hmac. Immutable after load; checked from any thread. Comparisons take the same
// time for every guess.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "util/options.h"
#include "util/result.h"

namespace sluice::rpc {

class Credentials {
public:
    // Writes the cookie file (mode 0600, or as -rpccookieperms says) if one is wanted.
    static Result<Credentials> load(const Options& options, const std::filesystem::path& chain_dir);
    ~Credentials();  // removes the cookie file that it wrote
    Credentials(Credentials&& other) noexcept;
    Credentials& operator=(Credentials&&) = delete;

    [[nodiscard]] bool accepts(std::string_view user, std::string_view password) const;

private:
    struct Salted {
        std::string user;
        std::string salt;
        std::string hmac_hex;
    };
    Credentials() = default;

    std::string user_password_;  // "user:password", empty if none
    std::vector<Salted> salted_;
    std::filesystem::path cookie_;
};

// -rpccookiefile, relative to the chain's directory; empty with -norpccookiefile.
std::filesystem::path cookie_path(const Options& options, const std::filesystem::path& chain_dir);
// "user:password" of a cookie file.
std::optional<std::string> read_cookie(const std::filesystem::path& file);

}  // namespace sluice::rpc

#include "node/ban_file.h"

#include <fstream>
#include <iterator>

#include "node/json_file.h"

namespace sluice::node {
namespace {

using rpc::Json;

constexpr int kEntryVersion = 1;

std::filesystem::path file_in(const std::filesystem::path& chain_dir) { return chain_dir / "banlist.json"; }

std::optional<net::Ban> read_entry(const Json& entry) {
    const auto number = [&](const char* name) -> std::optional<int64_t> {
        const auto at = entry.find(name);
        if (at == entry.end() || !at->is_number_integer()) return std::nullopt;
        return at->get<int64_t>();
    };
    if (!entry.is_object() || number("version") != kEntryVersion) return std::nullopt;
    const auto address = entry.find("address");
    const auto created = number("ban_created");
    const auto until = number("banned_until");
    if (address == entry.end() || !address->is_string() || !created || !until) return std::nullopt;
    const auto subnet = net::parse_subnet(address->get<std::string>());
    if (!subnet) return std::nullopt;
    return net::Ban{*subnet, *created, *until};
}

}  // namespace

Result<std::optional<std::vector<net::Ban>>> read_ban_file(const std::filesystem::path& chain_dir) {
    std::error_code error;
    if (!std::filesystem::exists(file_in(chain_dir), error)) return std::optional<std::vector<net::Ban>>();
    std::ifstream stream(file_in(chain_dir));
    const std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    const auto value = rpc::read_json(text);
    if (!value || !value->is_object() || !value->contains("banned_nets") || !(*value)["banned_nets"].is_array())
        return fail(file_in(chain_dir).string() + " is not a list of bans");
    std::vector<net::Ban> out;
    for (const Json& entry : (*value)["banned_nets"]) {
        if (auto ban = read_entry(entry)) out.push_back(std::move(*ban));
    }
    return std::optional(std::move(out));
}

Status write_ban_file(const std::filesystem::path& chain_dir, const std::vector<net::Ban>& bans) {
    Json list = Json::array();
    for (const net::Ban& ban : bans) {
        list.push_back({{"version", kEntryVersion},
                        {"ban_created", ban.created},
                        {"banned_until", ban.until},
                        {"address", ban.subnet.to_string()}});
    }
    Json all = Json::object();
    all["banned_nets"] = std::move(list);
    return replace_json_file(file_in(chain_dir), all);
}

}  // namespace sluice::node

// Reading the folders of golden chains (vectors/golden/README.md).
#pragma once

#include <functional>

#include "consensus/params/chain_params.h"
#include "support/chain_options.h"
#include "support/vectors.h"

namespace sluice::test {

inline nlohmann::json read_json(const std::filesystem::path& path) {
    std::ifstream in(path);
    return in ? nlohmann::json::parse(in) : nlohmann::json::array();
}

inline std::vector<Bytes> read_blocks(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    const std::string all((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    std::vector<Bytes> blocks;
    Reader reader(as_bytes(all));
    while (reader.remaining() > 0 && reader.ok()) {
        const uint32_t size = reader.u32();
        blocks.push_back(to_bytes(reader.take(size)));
    }
    return blocks;
}

struct GoldenChain {
    std::string name;
    std::filesystem::path folder;
    nlohmann::json info;
    ChainParams params;
};

// Calls `use` for each golden chain there is; returns how many.
inline size_t for_each_golden(const std::function<void(GoldenChain)>& use) {
    const auto root = vectors_root() / "golden";
    size_t count = 0;
    if (!std::filesystem::exists(root)) return count;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
        if (entry.path().filename() != "chain.json") continue;
        GoldenChain chain;
        chain.folder = entry.path().parent_path();
        chain.name = std::filesystem::relative(chain.folder, root).string();
        chain.info = read_json(entry.path());
        auto params = make_chain_params(chain.info["chain"].get<std::string>(), options_of(chain.info["options"]));
        BOOST_REQUIRE(params.has_value());
        chain.params = std::move(*params);
        use(std::move(chain));
        ++count;
    }
    return count;
}

}  // namespace sluice::test

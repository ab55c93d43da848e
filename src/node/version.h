// Names and numbers by which the node introduces itself.
#pragma once

namespace sluice::node {

inline constexpr char kVersionLine[] = "Sluice version v0.1.0";
inline constexpr char kSubversion[] = "/Sluice:0.1.0/";
// In Elements' numbering: what this node is compatible with (getnetworkinfo.version).
inline constexpr int kCompatibleVersion = 230303;

}  // namespace sluice::node

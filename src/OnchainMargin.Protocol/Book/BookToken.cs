using OnchainMargin.Ethereum;

namespace OnchainMargin.Protocol.Book;

/// <summary>A token that the vault takes.</summary>
/// <param name="Index">Its number; 0 is the settlement token.</param>
/// <param name="Contract">Its contract.</param>
/// <param name="Decimals">Its decimals.</param>
public sealed record BookToken(ushort Index, Address Contract, byte Decimals);

using OnchainMargin.Ethereum;

namespace OnchainMargin.Protocol.Book;

/// <summary>Somebody whom an owner lets act for an account.</summary>
/// <param name="Delegate">Who.</param>
/// <param name="Rights">What for.</param>
/// <param name="UntilSeconds">The last second of it, in Unix seconds.</param>
public sealed record BookAppointment(Address Delegate, DelegateRights Rights, ulong UntilSeconds);

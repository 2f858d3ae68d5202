using System.Collections.Immutable;
using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Protocol.Book;

/// <summary>Somebody whom an owner lets act for an account.</summary>
/// <param name="Delegate">Who.</param>
/// <param name="Rights">What for.</param>
/// <param name="UntilSeconds">The last second of it, in Unix seconds.</param>
public sealed record BookAppointment(Address Delegate, DelegateRights Rights, ulong UntilSeconds)
{
    /// <summary>The delegates of an account after its owner set one: rights take the place of those of before, and none take them back. There may be any number of them, and each costs its event no more than the first.</summary>
    internal static ImmutableSortedDictionary<Address, BookAppointment> With(ImmutableSortedDictionary<Address, BookAppointment> delegates, Clearinghouse.DelegateSetEvent given) => given.Rights == 0
        ? delegates.Remove(given.Delegate)
        : delegates.SetItem(given.Delegate, new BookAppointment(given.Delegate, (DelegateRights)given.Rights, given.Until));
}
